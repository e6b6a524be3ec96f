/**
 * Which parameters of a DL4J network belong to which layer and unit. Start reading at {@link
 * io.lossledger.producer.layout.NetworkLayout}.
 */
@NullMarked
package io.lossledger.producer.layout;

import org.jspecify.annotations.NullMarked;

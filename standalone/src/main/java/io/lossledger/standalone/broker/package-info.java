/** A Kafka broker in this process. */
@NullMarked
package io.lossledger.standalone.broker;

import org.jspecify.annotations.NullMarked;

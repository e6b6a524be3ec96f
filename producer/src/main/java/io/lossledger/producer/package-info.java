/** Publishes training steps to the update topic, whatever framework they come from. */
@NullMarked
package io.lossledger.producer;

import org.jspecify.annotations.NullMarked;

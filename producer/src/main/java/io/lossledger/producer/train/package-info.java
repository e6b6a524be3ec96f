/** The trainer: networks, data and the training loop behind the command line. */
@NullMarked
package io.lossledger.producer.train;

import org.jspecify.annotations.NullMarked;

/**
 * What happens to records that cannot be booked or written: {@link io.lossledger.streams.letters.RejectionReason} lists the cases,
 * {@link io.lossledger.streams.letters.DeadLetters} writes the letters.
 */
@NullMarked
package io.lossledger.streams.letters;

import org.jspecify.annotations.NullMarked;

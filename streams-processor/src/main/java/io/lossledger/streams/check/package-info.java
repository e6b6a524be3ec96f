/** Checks what a producer has sent against the contract. Start at {@link io.lossledger.streams.check.RunCheck}. */
@NullMarked
package io.lossledger.streams.check;

import org.jspecify.annotations.NullMarked;

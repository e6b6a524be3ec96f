/**
 * What a person asks of a run first, answered in plain words: does it learn, which layers help or hurt, and do the books balance?
 * Start reading at {@link io.lossledger.protocol.verdict.RunVerdicts}.
 */
@NullMarked
package io.lossledger.protocol.verdict;

import org.jspecify.annotations.NullMarked;

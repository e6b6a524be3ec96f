/**
 * What the closing balance of a run says, in plain words. Start reading at {@link
 * io.lossledger.protocol.verdict.RunVerdicts}.
 */
@NullMarked
package io.lossledger.protocol.verdict;

import org.jspecify.annotations.NullMarked;

/**
 * What the closing balance of a run says, in plain words. Start reading at {@link
 * io.lossledger.protocol.verdict.ClosingRows}.
 */
@NullMarked
package io.lossledger.protocol.verdict;

import org.jspecify.annotations.NullMarked;

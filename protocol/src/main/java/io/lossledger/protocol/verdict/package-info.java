/** What a person asks of a run first: does it learn, which layers help or hurt, and do the books balance. */
@NullMarked
package io.lossledger.protocol.verdict;

import org.jspecify.annotations.NullMarked;

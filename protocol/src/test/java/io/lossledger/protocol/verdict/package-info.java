@NullMarked
package io.lossledger.protocol.verdict;

import org.jspecify.annotations.NullMarked;

/** The contract: topics, serialisation and the rules that a record must keep. */
@NullMarked
package io.lossledger.protocol;

import org.jspecify.annotations.NullMarked;

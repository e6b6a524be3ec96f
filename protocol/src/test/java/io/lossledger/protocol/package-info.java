/** Golden files of every version of the contract, its tables in the README, and the rules that hold it together. */
@NullMarked
package io.lossledger.protocol;

import org.jspecify.annotations.NullMarked;

/** Options that several commands share, and the settings made from them. */
@NullMarked
package io.lossledger.standalone.options;

import org.jspecify.annotations.NullMarked;

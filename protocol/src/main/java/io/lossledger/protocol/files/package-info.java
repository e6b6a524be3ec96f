/** Files that are there whole, or not at all. */
@NullMarked
package io.lossledger.protocol.files;

import org.jspecify.annotations.NullMarked;

/** Tests of files that are written whole. */
@NullMarked
package io.lossledger.protocol.files;

import org.jspecify.annotations.NullMarked;

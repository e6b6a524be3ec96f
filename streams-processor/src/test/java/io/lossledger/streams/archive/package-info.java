@NullMarked
package io.lossledger.streams.archive;

import org.jspecify.annotations.NullMarked;

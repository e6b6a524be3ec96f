@NullMarked
package io.lossledger.streams.raw;

import org.jspecify.annotations.NullMarked;

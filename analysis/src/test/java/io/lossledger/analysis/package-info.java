@NullMarked
package io.lossledger.analysis;

import org.jspecify.annotations.NullMarked;

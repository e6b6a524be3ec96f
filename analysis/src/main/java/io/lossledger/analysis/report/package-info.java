/** A run as a page of figures. */
@NullMarked
package io.lossledger.analysis.report;

import org.jspecify.annotations.NullMarked;

/** A report on one or more runs: a page of figures. */
@NullMarked
package io.lossledger.analysis.report;

import org.jspecify.annotations.NullMarked;

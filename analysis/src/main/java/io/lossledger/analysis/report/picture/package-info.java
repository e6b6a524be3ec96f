/** Charts, heatmaps and tables as SVG and HTML, and the colours they share with the live page. Start reading at {@link io.lossledger.analysis.report.picture.Charts}. */
@NullMarked
package io.lossledger.analysis.report.picture;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.lossledger.analysis.report;

import org.jspecify.annotations.NullMarked;

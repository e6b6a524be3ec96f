/** Loss Change Allocation arithmetic: quadrature rules, allocation kernels and mergeable sums. */
@NullMarked
package io.lossledger.lca;

import org.jspecify.annotations.NullMarked;

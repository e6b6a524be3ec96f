/** Tests against slow, obvious oracles and cases with known answers; a benchmark beside a plain memory copy. */
@NullMarked
package io.lossledger.lca;

import org.jspecify.annotations.NullMarked;

/** Health, metrics and the books over HTTP. */
@NullMarked
package io.lossledger.standalone.http;

import org.jspecify.annotations.NullMarked;

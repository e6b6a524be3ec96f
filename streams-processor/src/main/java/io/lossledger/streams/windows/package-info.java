/**
 * Adds up steps in windows, and creates the rows of windows that close. Start reading at {@link
 * io.lossledger.streams.windows.OpenWindows}.
 */
@NullMarked
package io.lossledger.streams.windows;

import org.jspecify.annotations.NullMarked;

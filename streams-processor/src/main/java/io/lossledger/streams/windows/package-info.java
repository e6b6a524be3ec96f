/**
 * Adds steps up in windows, and makes their rows when they close. Start reading at {@link
 * io.lossledger.streams.windows.OpenWindows}.
 */
@NullMarked
package io.lossledger.streams.windows;

import org.jspecify.annotations.NullMarked;

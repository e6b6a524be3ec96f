/**
 * The rules that open and close alerts, and that find moments. Start reading at {@link
 * io.lossledger.streams.alerts.AlertRules}.
 */
@NullMarked
package io.lossledger.streams.alerts;

import org.jspecify.annotations.NullMarked;

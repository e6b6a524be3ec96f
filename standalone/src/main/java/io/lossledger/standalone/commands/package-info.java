/**
 * The commands, each in a file of its own. {@link io.lossledger.standalone.commands.DemoCommand} starts every role in one process.
 */
@NullMarked
package io.lossledger.standalone.commands;

import org.jspecify.annotations.NullMarked;

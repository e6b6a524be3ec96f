/**
 * Adds up the steps of a run in buckets, for readers that draw long runs. Start reading at {@link
 * io.lossledger.streams.buckets.OpenBucket}.
 */
@NullMarked
package io.lossledger.streams.buckets;

import org.jspecify.annotations.NullMarked;

/**
 * Data sets: file readers, and generated images and sequences. Start reading at {@link
 * io.lossledger.trainer.data.ImageSet}.
 */
@NullMarked
package io.lossledger.trainer.data;

import org.jspecify.annotations.NullMarked;

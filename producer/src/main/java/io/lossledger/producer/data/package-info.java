/** Labelled images to train on: generated digits, which need no download, and IDX files such as MNIST. */
@NullMarked
package io.lossledger.producer.data;

import org.jspecify.annotations.NullMarked;

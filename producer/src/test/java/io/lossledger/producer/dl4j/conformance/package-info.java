/** What a ledger does with each class of DL4J: training unchanged, gradients compared with finite differences, or refused. */
@NullMarked
package io.lossledger.producer.dl4j.conformance;

import org.jspecify.annotations.NullMarked;

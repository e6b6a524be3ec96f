package io.lossledger.producer.step;

import io.lossledger.protocol.LedgerName;
import io.lossledger.protocol.v1.ParameterRole;

/**
 * The position of one parameter tensor in the flat parameter vector. Immutable.
 *
 * @param name name of the tensor, unique in the model; see {@link LedgerName}
 * @param layer name of its layer; see {@link LedgerName}
 * @param layerIndex position of the layer in the model
 * @param role what the parameters do
 * @param offset flat index of the first parameter
 * @param count number of parameters, at least 1
 * @param parametersPerUnit parameters of one unit, which are contiguous; 0 when not mapped to units
 * @param firstUnit unit of the first parameter
 */
public record TensorLayout(
        String name,
        String layer,
        int layerIndex,
        ParameterRole role,
        int offset,
        int count,
        int parametersPerUnit,
        int firstUnit) {

    /** @throws IllegalArgumentException when a name is invalid or a number is out of range; the message names it */
    public TensorLayout {
        LedgerName.require("tensor.name", name);
        LedgerName.require("tensor.layer", layer);
        require(name, "layerIndex", 0, layerIndex);
        require(name, "offset", 0, offset);
        require(name, "count", 1, count);
        require(name, "parametersPerUnit", 0, parametersPerUnit);
        require(name, "firstUnit", 0, firstUnit);
    }

    private static void require(String tensor, String field, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "tensor." + field + ": must be at least " + least + ". Found: " + value + " in tensor " + tensor);
        }
    }
}

package io.lossledger.producer.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.v1.ParameterRole;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelLayoutTest {
    @Test
    void countsBookedParameters() {
        assertThat(new ModelLayout(10, List.of(tensor("a", 0, 4), tensor("b", 6, 4))).parameters())
                .isEqualTo(8);
    }

    @Test
    void namesTensorsThatOverlap() {
        assertThatThrownBy(() -> new ModelLayout(10, List.of(tensor("a", 0, 4), tensor("b", 3, 4))))
                .hasMessage(
                        "model.tensors: must fit without overlap within 10 parameters. Found: b from 3, 4 parameters");
    }

    @Test
    void namesATensorThatExceedsTheVector() {
        assertThatThrownBy(() -> new ModelLayout(10, List.of(tensor("a", 8, 4))))
                .hasMessage(
                        "model.tensors: must fit without overlap within 10 parameters. Found: a from 8, 4 parameters");
    }

    @Test
    void refusesAModelWithoutParameters() {
        assertThatThrownBy(() -> new ModelLayout(10, List.of()))
                .hasMessage("model.tensors: must hold at least one tensor. Found: none");
    }

    @Test
    void namesATensorWithoutParameters() {
        assertThatThrownBy(() -> tensor("a", 0, 0))
                .hasMessage("tensor.count: must be at least 1. Found: 0 in tensor a");
    }

    @Test
    void namesANameThatTheLedgerDoesNotAccept() {
        assertThatThrownBy(() -> tensor("", 0, 1)).hasMessage("tensor.name: must have 1 to 200 characters. Found: 0");
        assertThatThrownBy(() -> tensor("w".repeat(201), 0, 1))
                .hasMessage("tensor.name: must have 1 to 200 characters. Found: 201, wwwwwwwwwwwwwwwwwwww...");
    }

    private static TensorLayout tensor(String name, int offset, int count) {
        return new TensorLayout(name, "layer", 0, ParameterRole.PARAMETER_ROLE_WEIGHT, offset, count, 1, 0);
    }
}

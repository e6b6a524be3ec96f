package io.lossledger.standalone.options;

import io.lossledger.producer.evaluate.EvaluatorChoice;
import picocli.CommandLine.ITypeConverter;

/** Reads the name of an evaluator. */
public final class EvaluatorName implements ITypeConverter<EvaluatorChoice> {
    @Override
    public EvaluatorChoice convert(String name) {
        return ConstantNames.find(EvaluatorChoice.values(), name);
    }
}

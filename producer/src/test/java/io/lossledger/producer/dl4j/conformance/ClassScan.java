package io.lossledger.producer.dl4j.conformance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/** Finds the classes in DL4J's jars that a network can be configured with. */
final class ClassScan {
    private ClassScan() {}

    /** What a configuration is made of. */
    enum Kind {
        LAYER("Layers and wrappers", Layer.class),
        VERTEX("Graph vertices", GraphVertex.class),
        PREPROCESSOR("Input preprocessors", InputPreProcessor.class),
        ACTIVATION("Activations", IActivation.class),
        LOSS("Losses", ILossFunction.class),
        UPDATER("Updaters", IUpdater.class),
        SCHEDULE("Schedules", ISchedule.class),
        REGULARIZATION("Regularization", Regularization.class),
        DROPOUT("Dropout", IDropout.class),
        WEIGHT_NOISE("Weight noise", IWeightNoise.class),
        CONSTRAINT("Constraints", LayerConstraint.class);

        private final String title;
        private final Class<?> base;

        Kind(String title, Class<?> base) {
            this.title = title;
            this.base = base;
        }

        String title() {
            return title;
        }

        boolean includes(Class<?> found) {
            return base.isAssignableFrom(found);
        }
    }

    /** Concrete classes of a kind in the jars of deeplearning4j-nn and nd4j-api, by name. */
    static List<Class<?>> concrete(Kind kind) {
        return Found.CLASSES.stream()
                .filter(found -> kind.includes(found) && !Modifier.isAbstract(found.getModifiers()))
                .toList();
    }

    /** Loaded once: the jars hold six thousand classes. */
    private static final class Found {
        static final List<Class<?>> CLASSES = load();

        private static List<Class<?>> load() {
            List<Class<?>> classes = new ArrayList<>();
            for (Class<?> inJar : List.of(Layer.class, IActivation.class)) {
                for (String name : names(inJar)) {
                    Class<?> found = load(name, inJar.getClassLoader());
                    if (found != null) {
                        classes.add(found);
                    }
                }
            }
            classes.sort(Comparator.comparing(Class::getSimpleName));
            return classes;
        }

        private static List<String> names(Class<?> inJar) {
            try (JarFile jar = new JarFile(new File(
                    inJar.getProtectionDomain().getCodeSource().getLocation().toURI()))) {
                return jar.stream()
                        .map(ZipEntry::getName)
                        .filter(name -> name.startsWith("org/") && name.endsWith(".class"))
                        .map(name -> name.substring(0, name.length() - ".class".length())
                                .replace('/', '.'))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }

        private static @Nullable Class<?> load(String name, ClassLoader loader) {
            try {
                return Class.forName(name, false, loader);
            } catch (ClassNotFoundException | LinkageError e) {
                return null; // refers to what is not on the class path, so no network can have it
            }
        }
    }
}

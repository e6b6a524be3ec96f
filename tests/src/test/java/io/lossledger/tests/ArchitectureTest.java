package io.lossledger.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.lossledger.protocol.files.UnfinishedFile;
import java.io.File;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Dependencies point one way: lca, protocol, then producer, streams-processor and dashboards side by side, then trainer and analysis,
 * then standalone.
 */
@AnalyzeClasses(
        packages = "io.lossledger",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutRenamed.class})
class ArchitectureTest {
    private static final String LCA = "io.lossledger.lca..";
    private static final String PROTOCOL = "io.lossledger.protocol..";
    private static final String PRODUCER = "io.lossledger.producer..";
    private static final String TRAINER = "io.lossledger.trainer..";
    private static final String STREAMS = "io.lossledger.streams..";
    private static final String DASHBOARDS = "io.lossledger.dashboards..";
    private static final String ANALYSIS = "io.lossledger.analysis..";
    private static final String STANDALONE = "io.lossledger.standalone..";

    @ArchTest
    static final ArchRule lcaNeedsTheJdkAlone = classes()
            .that()
            .resideInAPackage(LCA)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(LCA, "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule protocolKnowsNoRole = noClasses()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PRODUCER, TRAINER, STREAMS, DASHBOARDS, ANALYSIS, STANDALONE, "io.micrometer..");

    @ArchTest
    static final ArchRule producerKnowsNoProcessor = noClasses()
            .that()
            .resideInAPackage(PRODUCER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TRAINER, STREAMS, DASHBOARDS, ANALYSIS, STANDALONE, "org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule trainerKnowsTheProducerAlone = noClasses()
            .that()
            .resideInAPackage(TRAINER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(STREAMS, DASHBOARDS, ANALYSIS, STANDALONE, "org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule processorKnowsNoTrainer = noClasses()
            .that()
            .resideInAPackage(STREAMS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    PRODUCER, TRAINER, DASHBOARDS, ANALYSIS, STANDALONE, "org.deeplearning4j..", "org.nd4j..");

    @ArchTest
    static final ArchRule dashboardsKnowTheTopicsAlone = noClasses()
            .that()
            .resideInAPackage(DASHBOARDS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PRODUCER, TRAINER, STREAMS, ANALYSIS, STANDALONE, "org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule analysisKnowsTopicsAndBooksAlone = noClasses()
            .that()
            .resideInAPackage(ANALYSIS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PRODUCER, TRAINER, DASHBOARDS, STANDALONE, "org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule publisherKnowsNoFramework = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.lossledger.producer",
                    "io.lossledger.producer.step",
                    "io.lossledger.producer.measure",
                    "io.lossledger.producer.publish",
                    "io.lossledger.producer.trajectory",
                    "io.lossledger.producer.blas..",
                    "io.lossledger.trainer.data")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.deeplearning4j..", "org.nd4j..");

    /** Live and replay book by the same classes, so these need a store, whoever brings it. */
    @ArchTest
    static final ArchRule booksNeedNothingOfKafkaButAStore = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.lossledger.streams.allocate",
                    "io.lossledger.streams.steps",
                    "io.lossledger.streams.windows",
                    "io.lossledger.streams.buckets",
                    "io.lossledger.streams.alerts",
                    "io.lossledger.streams.books")
            .and()
            .areNotAssignableTo(KeyValueStore.class)
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.kafka..")
                    .and(not(belongToAnyOf(
                            KeyValueStore.class,
                            ReadOnlyKeyValueStore.class,
                            KeyValueIterator.class,
                            KeyValue.class,
                            Serializer.class,
                            StringSerializer.class))));

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.lossledger.(**)").should().beFreeOfCycles();

    /** The broker's settings are written anew at every start, and a benchmark hands data to another program. */
    @ArchTest
    static final ArchRule filesAreWrittenWhole = noClasses()
            .that()
            .resideOutsideOfPackage("io.lossledger.protocol.files")
            .and()
            .doNotHaveFullyQualifiedName("io.lossledger.standalone.broker.EmbeddedBroker")
            .and()
            .doNotHaveFullyQualifiedName("io.lossledger.standalone.bench.EvaluationExchange")
            .and(not(dependOn(UnfinishedFile.class)))
            .should()
            .callMethodWhere(target(nameMatching("write.*|newBufferedWriter|newOutputStream|newByteChannel|copy"))
                    .and(target(owner(type(Files.class)))))
            .orShould()
            .callMethod(FileChannel.class, "open", Path.class, OpenOption[].class)
            .orShould()
            .callConstructor(FileOutputStream.class, File.class)
            .orShould()
            .callConstructor(FileOutputStream.class, String.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(FileWriter.class, RandomAccessFile.class);

    @ArchTest
    static final ArchRule filesGetTheirNamesInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.lossledger.protocol.files")
            .should()
            .callMethod(Files.class, "move", Path.class, Path.class, CopyOption[].class);

    /** A cached store of Kafka Streams 4.3 returns deleted entries when it is read backwards. */
    @ArchTest
    static final ArchRule storesAreNotReadBackwards = noClasses()
            .should()
            .callMethodWhere(target(nameMatching("reverse(Range|All)"))
                    .and(target(owner(assignableTo(ReadOnlyKeyValueStore.class)))));

    @ArchTest
    static final ArchRule onlyTheCommandEndsTheJvm = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.lossledger.standalone.Main")
            .should()
            .callMethod(System.class, "exit", int.class);

    private static DescribedPredicate<JavaClass> dependOn(Class<?> type) {
        return DescribedPredicate.describe(
                "depend on " + type.getSimpleName(),
                found -> found.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> dependency.getTargetClass().isEquivalentTo(type)));
    }

    /** Leaves out the classes of others that {@code protobuf-util} renames. */
    static final class WithoutRenamed implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/io/lossledger/protobuf/");
        }
    }
}

# The lossledger command with all its roles. docker compose builds it; by hand: docker build -t lossledger .
FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -q -DskipTests -Dspotless.check.skip=true -pl standalone -am package

FROM eclipse-temurin:17.0.15_6-jre-noble
RUN useradd --uid 10001 --create-home lossledger && mkdir /data && chown lossledger /data
COPY --from=build /src/standalone/target/app /opt/lossledger
USER 10001
WORKDIR /data
VOLUME /data
# One BLAS thread each: the evaluation brings its own threads.
ENV OMP_NUM_THREADS=1 LOSSLEDGER_LOG=info
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true", \
  "-cp", "/opt/lossledger/*", "io.lossledger.standalone.Main"]
CMD ["--help"]

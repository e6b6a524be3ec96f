# The lossledger command with all its roles. docker compose builds it; by hand: docker build -t lossledger .
FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -q -T 1C -Pquick -pl standalone -am package

FROM eclipse-temurin:17.0.15_6-jre-noble
# Group 0 may do what the user may, for platforms that give each container a user of their own choice.
RUN mkdir /data && chown 10001:0 /data && chmod 2775 /data
COPY --from=build /src/standalone/target/app /opt/lossledger
COPY --from=build /src/standalone/docker/lossledger /usr/local/bin/lossledger
USER 10001:0
WORKDIR /data
VOLUME /data
# One BLAS thread each: the evaluation brings its own threads.
ENV HOME=/data OMP_NUM_THREADS=1 LOSSLEDGER_LOG=info
ENTRYPOINT ["lossledger"]
CMD ["--help"]

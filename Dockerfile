# parallax in a container: docker build -t parallax . && docker run --rm -v "$PWD:/data" parallax compare /data/seeds --out /data/out
FROM rust:1.94-slim AS build
WORKDIR /src
COPY . .
RUN cargo install --locked --path . --root /usr/local

FROM debian:stable-slim
COPY --from=build /usr/local/bin/parallax /usr/local/bin/parallax
# Encodings are kept here from run to run: mount a volume to keep them longer than the container.
ENV PARALLAX_CACHE=/cache
VOLUME /cache
WORKDIR /data
ENTRYPOINT ["parallax"]
CMD ["--help"]

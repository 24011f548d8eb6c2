# nv in a container: built from the sources here, run by a user without rights.
# docker build -t nv . && docker run --rm nv verify +34600000001 --profile simulator
FROM node:24-alpine AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund \
  && npm install --global --prefix /nv --install-links --no-audit --no-fund .

FROM node:24-alpine
COPY --from=build /nv /usr/local
# Profiles and saved runs are kept where a volume can hold them.
RUN mkdir -p /data && chown node:node /data
ENV NV_CONFIG_DIR=/data/config NV_STATE_DIR=/data/runs
USER node
WORKDIR /work
VOLUME /data
ENTRYPOINT ["nv"]
CMD ["--help"]

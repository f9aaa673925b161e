"""Records to Kafka by confluent-kafka (librdkafka): librdkafka.py PORT BROKER FILE COUNT

FILE holds records as lines of --dump=file. When there is a connection to PORT, of which nothing is read, COUNT records are sent,
those of the file over and over, with the settings that the collector's sink has: acks of all replicas, idempotent, batches of 900 KB.
"""
import json
import socket
import sys

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

port, broker, path, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
topic = "gobmp.parsed.unicast_prefix_v4"
records = []
with open(path, encoding="utf-8") as file:
    for line in file:
        record = json.loads(line)
        start = line.index('"msg_data":') + len('"msg_data":')
        records.append((record.get("msg_hash", "").encode(), line[start:].rstrip()[:-1].encode()))

settings = {"bootstrap.servers": broker}
admin = AdminClient(settings)
admin.create_topics([NewTopic(topic, 1)])[topic].result()
producer = Producer({
    **settings,
    "acks": "all",
    "enable.idempotence": True,
    "linger.ms": 20,
    "batch.size": 900_000,
    "batch.num.messages": 100_000,
    "queue.buffering.max.kbytes": 32_768,
})
listener = socket.create_server(("127.0.0.1", port))
connection, _ = listener.accept()
for i in range(count):
    key, value = records[i % len(records)]
    while True:
        try:
            producer.produce(topic, value, key)
            break
        except BufferError:
            producer.poll(0.05)
    if i % 1000 == 0:
        producer.poll(0)
producer.flush()
listener.accept()

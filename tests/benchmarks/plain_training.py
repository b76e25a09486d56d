"""The plain Keras script that `edgemnist train` is measured against: the documented network and protocol."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras

from edgemnist.datasets import load_dataset

seed, output = int(sys.argv[1]), sys.argv[2]
keras.utils.set_random_seed(seed)
dataset = load_dataset()
x_train = dataset.training.images.reshape(-1, 784).astype("float32") / 255
x_test = dataset.test.images.reshape(-1, 784).astype("float32") / 255
model = keras.Sequential(
    [
        keras.Input((784,)),
        keras.layers.Dense(512, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.summary()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, dataset.training.labels, epochs=5, batch_size=32, verbose=2)
print("accuracy", model.evaluate(x_test, dataset.test.labels, verbose=0)[1])
model.save(output)

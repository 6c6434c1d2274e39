"""A cap on uploaded bytes while they arrive: Django itself has none on files."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

TOO_LARGE = "upload_too_large"


class CappedUploadHandler(FileUploadHandler):
    """Stops reading once a request's files exceed MAX_UPLOAD_MB and marks the request, so that the form can say so."""

    def __init__(self, request=None):
        super().__init__(request)
        self.seen = 0

    def receive_data_chunk(self, raw_data, start):
        self.seen += len(raw_data)
        if self.seen > settings.MAX_UPLOAD_MB * 1024 * 1024:
            setattr(self.request, TOO_LARGE, True)
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size):
        return None

"""Who calls: the digest of the key is looked up, as the service does."""

import hashlib

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from plan.models import Agency


class Bearer(BaseAuthentication):
    def authenticate(self, request):
        key = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        found = Agency.objects.filter(key_sha256=hashlib.sha256(key.encode()).hexdigest()).first()
        if found is None:
            raise AuthenticationFailed
        return found, key

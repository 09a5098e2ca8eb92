using Calamary.Core.Tls;

namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>What interception needs of a configuration.</summary>
/// <param name="Issuer">Makes the certificates that clients see.</param>
/// <param name="Verifier">Verifies their certificates.</param>
/// <param name="Pinned">Clients that refuse to be intercepted; it outlives a reload.</param>
internal sealed record InterceptionModel(LeafIssuer Issuer, CertificateVerifier Verifier, PinnedClients Pinned);

using Alumia.Lab.Api;

namespace Alumia.Lab.Billing;

internal static class BillingEndpoints
{
    public static void MapBillingApi(this WebApplication app) => _ = app;
}
